"""Text in, plan out: the rule language, its checks, and what a rule means."""
