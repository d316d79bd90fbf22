"""The peers of the conformance tests: the processes under test and those that they are held against."""
