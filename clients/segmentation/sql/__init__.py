"""The SQL of segmentation, one module a subject. `segments.md` is the description; each statement names its rule.

A statement leaves one temporary table, `seg_…`; the later ones join them. Every day and every number is a parameter:
`%(as_of)s` is D, the others are made by `compute.parameters` from the policy and D. Nothing asks for the current time.
"""
