package room

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hub"
)

// A journal is the store as hub.Log has it: alerts and tasks with who may see
// them, in the form in which they are sent.
type journal struct{ r *Room }

// Open implements hub.Log.
func (j journal) Open(ctx context.Context) ([]hub.Event, int64, error) {
	alerts, tasks, upTo, err := j.r.c.Store.OpenWork(ctx)
	if err != nil {
		return nil, 0, err
	}
	j.r.now.open(alerts, tasks, upTo)
	events, err := j.r.events(ctx, alerts, tasks)
	return events, upTo, err
}

// Since implements hub.Log.
func (j journal) Since(ctx context.Context, seq int64) ([]hub.Event, int64, error) {
	alerts, tasks, upTo, err := j.r.c.Store.Changes(ctx, seq)
	if err != nil || upTo == seq {
		return nil, seq, err
	}
	for _, s := range j.r.now.change(seq, alerts, tasks, upTo) {
		j.r.refresh(s)
	}
	events, err := j.r.events(ctx, alerts, tasks)
	if err != nil {
		return nil, seq, err
	}
	return events, upTo, nil
}

// events makes one list by Seq of both.
func (r *Room) events(ctx context.Context, alerts []alert.Alert, tasks []dispatch.Task) ([]hub.Event, error) {
	all := make([]hub.Event, 0, len(alerts)+len(tasks))
	known := make(map[alert.ID]alert.Alert, len(alerts))
	for _, a := range alerts {
		known[a.ID] = a
		body, err := json.Marshal(r.AlertJSON(a))
		if err != nil {
			return nil, fmt.Errorf("alert %d: %w", a.ID, err)
		}
		e := r.alertEvent(a)
		e.Body = body
		all = append(all, e)
	}
	for _, t := range tasks {
		a, ok := known[t.Alert]
		if !ok && t.Alert != 0 {
			var err error
			if a, err = r.c.Store.Alert(ctx, t.Alert); err != nil {
				return nil, fmt.Errorf("alert of task %d: %w", t.ID, err)
			}
		}
		body, err := json.Marshal(r.taskJSON(t, a))
		if err != nil {
			return nil, fmt.Errorf("task %d: %w", t.ID, err)
		}
		e := r.taskEvent(t)
		e.Body = body
		all = append(all, e)
	}
	sortEvents(all)
	return all, nil
}

// alertEvent is who may see an alert.
func (r *Room) alertEvent(a alert.Alert) hub.Event {
	b := r.book.Load()
	e := hub.Event{
		Seq: a.Seq, Kind: hub.KindAlert, ID: int64(a.ID), Open: a.State != alert.Shut,
		Area: a.Place.Area, Team: b.teamOf(a.Place.Grid), At: a.At,
	}
	if a.Sent != 0 {
		e.People = []people.ID{a.Sent}
	}
	return e
}

// taskEvent is who may see a task: who is sent, their team and area.
func (r *Room) taskEvent(t dispatch.Task) hub.Event {
	b := r.book.Load()
	team := b.workedFor(t.Person, t.Sent)
	area := b.teams[team].Area
	if place := b.place(t.At); area == 0 {
		area = place.Area
	}
	return hub.Event{
		Seq: t.Seq, Kind: hub.KindTask, ID: int64(t.ID), Open: t.Open(), Area: area, Team: team, People: []people.ID{t.Person}, At: t.At,
	}
}

// workedFor is the team in whose shift somebody is at t, else 0.
func (b *book) workedFor(who people.ID, t time.Time) grid.TeamID {
	shift, _ := b.roster.OnDuty(register.PersonSubject(who), t)
	return shift.Team
}

// SeesAlert tells if rights see an alert.
func (r *Room) SeesAlert(rights hub.Rights, a alert.Alert) bool {
	return rights.SeesEvent(r.alertEvent(a), r.whereIs(rights.Person))
}

// SeesTask tells if rights see a task.
func (r *Room) SeesTask(rights hub.Rights, t dispatch.Task) bool {
	return rights.SeesEvent(r.taskEvent(t), r.whereIs(rights.Person))
}
