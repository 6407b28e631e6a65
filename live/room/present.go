package room

import (
	"slices"
	"sync"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hub"
)

// A present is the open alerts and tasks as far as units on the map show them. It
// follows the store's sequence, so it never goes back.
type present struct {
	mu     sync.Mutex
	seq    int64                                         // guarded by mu: all up to here is in it
	alerts map[alert.ID]register.Subject                 // guarded by mu: whom those are about that last and are not closed
	about  map[register.Subject]map[alert.ID]alert.Grade // guarded by mu: the same by subject
	tasks  map[dispatch.TaskID]dispatch.Task             // guarded by mu: open ones
	of     map[people.ID][]dispatch.TaskID               // guarded by mu: whose they are
}

func newPresent() *present {
	return &present{
		alerts: make(map[alert.ID]register.Subject), about: make(map[register.Subject]map[alert.ID]alert.Grade),
		tasks: make(map[dispatch.TaskID]dispatch.Task), of: make(map[people.ID][]dispatch.TaskID),
	}
}

// open takes over all that is open.
func (p *present) open(alerts []alert.Alert, tasks []dispatch.Task, upTo int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq = upTo
	clear(p.alerts)
	clear(p.about)
	clear(p.tasks)
	clear(p.of)
	p.put(alerts, tasks)
}

// change takes over what changed after seq; it gives whom that is about. What is
// older than what is known, as somebody who was away asks for it, is passed over.
func (p *present) change(seq int64, alerts []alert.Alert, tasks []dispatch.Task, upTo int64) []register.Subject {
	p.mu.Lock()
	defer p.mu.Unlock()
	if seq > p.seq || upTo <= p.seq {
		return nil
	}
	p.seq = upTo
	return p.put(alerts, tasks)
}

// put is called with mu held.
func (p *present) put(alerts []alert.Alert, tasks []dispatch.Task) (about []register.Subject) {
	for _, a := range alerts {
		s := register.Subject(a.Key.Subject)
		about = append(about, s)
		if was, ok := p.alerts[a.ID]; ok {
			delete(p.alerts, a.ID)
			if delete(p.about[was], a.ID); len(p.about[was]) == 0 {
				delete(p.about, was)
			}
		}
		if a.Lasts() && a.State != alert.Shut {
			p.alerts[a.ID] = s
			if p.about[s] == nil {
				p.about[s] = make(map[alert.ID]alert.Grade)
			}
			p.about[s][a.ID] = a.Grade
		}
	}
	for _, t := range tasks {
		about = append(about, register.PersonSubject(t.Person))
		if was, ok := p.tasks[t.ID]; ok {
			delete(p.tasks, t.ID)
			p.of[was.Person] = slices.DeleteFunc(p.of[was.Person], func(id dispatch.TaskID) bool { return id == t.ID })
			if len(p.of[was.Person]) == 0 {
				delete(p.of, was.Person)
			}
		}
		if t.Open() {
			p.tasks[t.ID] = t
			p.of[t.Person] = append(p.of[t.Person], t.ID)
		}
	}
	return about
}

// grade is the highest of the alerts that are on about somebody.
func (p *present) grade(s register.Subject) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var top alert.Grade
	for _, grade := range p.about[s] {
		top = max(top, grade)
	}
	return top.String() // "" for none
}

// duty is "busy" for who was sent to an alert, or is at work on any task.
func (p *present) duty(who ...people.ID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range who {
		for _, t := range p.of[id] {
			if task := p.tasks[t]; task.Kind == dispatch.KindAlert || task.State == dispatch.Arrived {
				return "busy"
			}
		}
	}
	return "on"
}

func sortEvents(all []hub.Event) {
	slices.SortFunc(all, func(a, b hub.Event) int { return int(a.Seq - b.Seq) })
}
