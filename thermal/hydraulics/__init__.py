"""The coolant network: flow, pressure and temperature in every branch."""
