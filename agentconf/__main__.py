"""`python -m agentconf` is the command `agentconf`."""

from agentconf.cli.main import main

if __name__ == "__main__":
    main()
