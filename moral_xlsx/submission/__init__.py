"""One submission: its journey, the worker it is judged in, answers carried out of an older one."""
