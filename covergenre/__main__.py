"""python -m covergenre: as the command covergenre does, where that is not installed."""

from covergenre.cli import main

if __name__ == "__main__":
    main()
