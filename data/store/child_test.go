package store

// child is what the test binary does when it was started as a process of its
// own by a test.
func child(role string) int {
	return 2
}
