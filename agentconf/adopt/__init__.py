"""What is live, written into files: importing agents, and taking drift back into the definitions."""
