from polku.cli.main import main

main()
