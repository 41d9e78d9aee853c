"""What a report says beside its figures: what was run, with which parameters, at what cost; as pages, JSON and RO-Crate."""
