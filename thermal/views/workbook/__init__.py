"""How a report becomes a workbook."""
