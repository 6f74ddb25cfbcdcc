"""From passages to spans, each with a calibrated probability."""
