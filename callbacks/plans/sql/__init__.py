"""The SQL that makes and ends calls: where candidates come from, what becomes of each, what is written.

A statement leaves one temporary table, `plan_…`; the later ones read it. Every day, instant and number is a parameter.
"""
