package room

import (
	"context"
	"errors"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest"
)

type walks struct{ r *Room }

func newWalks(r *Room) *walks { return &walks{r} }

func (w *walks) feed(register.Subject, ingest.Fix) {}
func (w *walks) wake()                             {}
func (w *walks) plan(ctx context.Context)          {}

var errUnbuilt = errors.New("live/room: not built yet")

// Walks is the walks that begin in from <= t < to, with how far they have come.
func (r *Room) Walks(ctx context.Context, from, to time.Time) ([]Walk, error) {
	return nil, errUnbuilt
}
