"""python -m covergenre: the same verbs as the app, for the shell."""

from covergenre.cli import main

if __name__ == "__main__":
    main()
