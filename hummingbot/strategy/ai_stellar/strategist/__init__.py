"""Styles of trading: each turns a forecast into a proposal."""
