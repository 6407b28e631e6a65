package web

import (
	"context"
	"net/netip"
	"slices"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
)

// A caller is who sent a request, and how far the permissions table lets them
// go on its route. The guard makes it, handlers read it.
type caller struct {
	person people.Person // ID 0 is nobody: a stranger
	from   netip.Addr
	local  bool            // a process on this machine talks to us without a proxy
	device register.Device // no ID: no device. One of the two at most is there
	row    row             // of the route

	// What the row of this route gives: everywhere for a yes, else the areas of
	// the grants whose cell says own.
	everywhere bool
	areas      []grid.AreaID
}

type callerKey struct{}

func withCaller(ctx context.Context, c *caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf gives the caller of the request that ctx belongs to. Without a guard
// in front it is a stranger who may do nothing.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

// admit is the one authorisation function: it says whether c may use route r,
// and notes in c how far. Whatever no cell allows is refused.
func (c *caller) admit(r row) error {
	everybody := r.cells[public] == yes || (r.cells[public] == local && c.local)
	c.everywhere, c.areas, c.row = everybody, nil, r
	if c.device.ID != "" && !everybody {
		if r.cells[device] < own {
			return errDenied
		}
		return nil // what it may write is its own
	}
	for _, g := range c.person.Grants {
		switch r.cells[g.Role] {
		case yes:
			c.everywhere = true
		case own:
			c.areas = append(c.areas, g.Area)
		}
	}
	switch {
	case everybody:
		return nil // also for somebody who must change the password
	case c.person.ID == 0 && r.forDevices():
		return errDevice
	case c.person.ID == 0:
		return errLoginNeeded
	case !c.everywhere && len(c.areas) == 0:
		return errDenied
	case c.person.MustChange && r.right != accountRight:
		return errMustChange
	}
	return nil
}

// accountRight is the right to look after one's own account: all that somebody
// has who must first change the password.
const accountRight = "account"

// act is an audit entry in the caller's name. Object and detail hold no secrets.
func (s *Server) act(ctx context.Context, verb, object, detail string) audit.Act {
	c := callerOf(ctx)
	return audit.Act{At: s.now(), Who: c.person.Login, From: addrText(c.from), Verb: verb, Object: object, Detail: detail}
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// tree reads the tree of areas, without their boundaries. It is read per request, since rights must not
// lag behind and a bureau has some hundred areas at most.
func (s *Server) tree(ctx context.Context) (*grid.Tree, error) {
	areas, err := s.store.AreaTree(ctx)
	if err != nil {
		return nil, err
	}
	return grid.NewTree(areas)
}

// reaches says whether the caller's right holds in area.
func (c *caller) reaches(t *grid.Tree, area grid.AreaID) bool {
	return c.everywhere || slices.ContainsFunc(c.areas, func(top grid.AreaID) bool { return t.Within(area, top) })
}

// wholeBureau refuses callers whose right covers only a part of the bureau. It
// stands before what isn't split by area: the map, the audit log.
func (s *Server) wholeBureau(ctx context.Context) error {
	t, err := s.tree(ctx)
	if err != nil {
		return err
	}
	if !callerOf(ctx).reaches(t, t.Bureau()) {
		return errDenied
	}
	return nil
}
