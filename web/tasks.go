package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"citygrid/live/dispatch"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

type (
	taskOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         room.Task
	}
	tasksOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Tasks []room.Task `json:"tasks" nullable:"false" doc:"the newest first"`
		}
	}
	stepInput struct {
		ID   int64  `path:"id" minimum:"1"`
		Step string `path:"step" enum:"received,arrived,done,decline"`
		Key  string `header:"Idempotency-Key" maxLength:"100" doc:"the phone's name for this step: sent again with it, nothing happens twice"`
		Body struct {
			At   time.Time `json:"at,omitempty" doc:"when it happened, for a step that is told late; now when left out"`
			Note string    `json:"note,omitempty" maxLength:"2000"`
		}
	}
)

func (s *Server) taskRoutes() {
	tags := []string{"tasks"}
	handle(s, huma.Operation{
		OperationID: "listTasks", Method: http.MethodGet, Path: "/api/tasks", Tags: tags,
		Summary:     "Tasks: one's own, and for the desk those that people of its area have to do",
		Description: "Of one's own those that are over are listed too, unless open is asked for.",
	}, s.listTasks)
	handle(s, huma.Operation{
		OperationID: "stepTask", Method: http.MethodPost, Path: "/api/tasks/{id}/{step}", Tags: tags,
		Summary: "Say how far one's own task has come",
		Description: "A step that was taken already changes nothing. Who declines is free again, and the alert waits for somebody else. " +
			"409 tasks.done, tasks.declined, tasks.recalled: the task is over.",
	}, s.stepTask)
}

func (s *Server) listTasks(ctx context.Context, in *struct {
	Open bool `query:"open" doc:"only those that are still to be done"`
},
) (*tasksOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	open, err := s.store.OpenTasks(ctx)
	if err != nil {
		return nil, err
	}
	mine, err := s.store.TasksOf(ctx, rights.Person, 100)
	if err != nil {
		return nil, err
	}
	all := append(open, mine...)
	slices.SortFunc(all, func(a, b dispatch.Task) int { return int(b.ID - a.ID) })
	all = slices.CompactFunc(all, func(a, b dispatch.Task) bool { return a.ID == b.ID })
	out := &tasksOutput{CacheControl: noStore}
	out.Body.Tasks = []room.Task{}
	for _, t := range all {
		if in.Open && !t.Open() || !s.room.SeesTask(rights, t) {
			continue
		}
		j, err := s.room.TaskJSON(ctx, t)
		if err != nil {
			return nil, err
		}
		out.Body.Tasks = append(out.Body.Tasks, j)
	}
	return out, nil
}

func (s *Server) stepTask(ctx context.Context, in *stepInput) (*taskOutput, error) {
	if s.room == nil {
		return nil, errNoRoom
	}
	step := dispatch.Step{To: dispatch.State(in.Step), At: in.Body.At, Note: in.Body.Note}
	if in.Step == "decline" {
		step.To = dispatch.Declined
	}
	// A phone's clock that is fast would tell of things that are still to come.
	if now := s.now(); step.At.IsZero() || step.At.After(now) {
		step.At = now
	}
	// Whose task it is, the store looks at: another's is as if not there.
	t, err := s.store.StepTask(ctx, dispatch.TaskID(in.ID), callerOf(ctx).person.ID, step, in.Key, s.act(ctx, "task."+string(step.To), taskObject(in.ID), ""))
	if err != nil {
		return nil, err
	}
	s.room.Changed()
	j, err := s.room.TaskJSON(ctx, t)
	return &taskOutput{CacheControl: noStore, Body: j}, err
}

func taskObject(id int64) string { return fmt.Sprintf("task/%d", id) }
