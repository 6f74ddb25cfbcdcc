"""The error that a person can act on."""


class InputError(ValueError):
    """Something given from outside cannot be used.

    The message names the value, what is wrong with it, and what to do next; the command line
    prints it as it is and exits with code 2.
    """
