package main

import (
	"context"

	"citygrid/web"
)

// condition is what the store can't promise now, in the form of the API.
func (r records) condition(ctx context.Context) []web.Lapse {
	var all []web.Lapse
	for _, l := range r.Lapses(ctx) {
		all = append(all, web.Lapse{What: l.What, Why: l.Why, Since: l.Since.UTC(), Err: l.Err})
	}
	return all
}
