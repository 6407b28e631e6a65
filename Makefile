# citygrid. The two commands most people need are `make demo` and `make test`.
help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'
.PHONY: help
