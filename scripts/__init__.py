"""Helpers for set-up and checks; nothing here is used at run time."""
