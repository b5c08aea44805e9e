"""The commands: one small file each, behind one error boundary. They parse, call and print."""
