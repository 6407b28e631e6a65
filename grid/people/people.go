// Package people is who works here and what they may do: persons, roles, and
// roles bound to areas.
package people

import (
	"time"

	"citygrid/grid"
)

// An ID names a person for ever; it is never given twice.
type ID int64

// A Role is a row of the permissions table.
type Role string

// The roles that a person can have. Public and Device are rows of the table
// too, but nobody's.
const (
	Dispatcher Role = "dispatcher"
	CallTaker  Role = "call-taker"
	TeamLeader Role = "team-leader"
	Officer    Role = "officer"
	Driver     Role = "driver"
	Planner    Role = "planner"
	Police     Role = "police"
	Admin      Role = "admin"
	Auditor    Role = "auditor"
)

// A Grant gives a role within an area and all areas below it.
type Grant struct {
	Role Role
	Area grid.AreaID
}

// A Person can log in and has roles.
type Person struct {
	ID           ID
	Login        string // lower case, unique, never re-used
	Name         string
	Grants       []Grant
	Disabled     bool
	Tags         []string // what rules of zones name them by: ascending, each once
	PasswordHash string   // argon2id, in PHC form; never leaves the server
	MustChange   bool     // the password was set by somebody else
	Failures     int      // failed logins since the last success
	LockedUntil  time.Time
	CreatedAt    time.Time
	Version      int64 // counts the changes of this person, from 1
}
