"""From spike files to statistics, comparisons and figures."""
