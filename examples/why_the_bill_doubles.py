"""What turns the $36k of cooling content in GB300 into the $70k of Rubin CPX, step by step."""

from decimal import Decimal

from thermal import bill_of_materials, load_rack
from thermal.cost.comparison import explain
from thermal.cost.prices import load_prices
from thermal.rack.expand import expand

book = load_prices("avc_broker_2025")
bills = []
for name in ("gb300_nvl72", "vr200_nvl144_cpx"):
    rack = load_rack(name)
    bills.append(bill_of_materials(rack, expand(rack), book))
before, after = bills
print(f"{before.rack}: ${before.total:,}")
for step in explain(before, after):
    print(f"  {step.item:<32} by number {step.quantity_effect:>10,}   by price {step.price_effect:>10,}")
print(f"{after.rack}: ${after.total:,}")

assert before.total == Decimal(35910)
assert after.total == Decimal(69930)
assert sum(step.quantity_effect + step.price_effect for step in explain(before, after)) == after.total - before.total
