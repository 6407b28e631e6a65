// Package fence holds positions and the clock against the rules of zones.
package fence
