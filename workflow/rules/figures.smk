# Figures


rule figures:
    """All figures."""
    input:
        [],
    localrule: True
