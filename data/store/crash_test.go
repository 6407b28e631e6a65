package store

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/fence"
)

var kills = flag.Int("kills", 4, "how often TestKill kills a writing process")

// What was acknowledged is there after kill -9. For many rounds:
//
//	go test ./data/store -run TestKill -kills 200
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	s, _ := setUp(t)
	dir := s.dir
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	told := acknowledged{fixes: make(map[string]int), alerts: make(map[alert.ID]int), tasks: make(map[dispatch.TaskID]int)}
	for round := range *kills {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		before := told.n
		// From right after the first acknowledgement to well into the work.
		told.collect(t, dir, rnd.IntN(400), time.Duration(rnd.IntN(5000))*time.Microsecond)
		s = opened(t, dir, Options{})
		told.check(t, s)
		if t.Failed() {
			t.Fatalf("round %d, seed %d", round, seed)
		}
		t.Logf("round %d: killed after %d acknowledgements, all there", round, told.n-before)
	}
}

// acknowledged is what all children were told is kept.
type acknowledged struct {
	n            int
	logins, acts []string
	fixes        map[string]int // by tracker
	arrival      uint64
	alerts       map[alert.ID]int        // steps of each
	tasks        map[dispatch.TaskID]int // steps of each
}

// collect starts a child, reads n acknowledgements, waits a little and kills it.
func (k *acknowledged) collect(t *testing.T, dir string, n int, wait time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // what is left has no end of line: it was not said
		}
		if i == n {
			time.AfterFunc(wait, func() { _ = cmd.Process.Kill() }) // SIGKILL
		}
		k.note(t, strings.TrimSuffix(line, "\n"))
	}
	_ = cmd.Wait() // killed
	if stderr.Len() > 0 {
		t.Errorf("the child said: %s", stderr.String())
	}
}

func (k *acknowledged) note(t *testing.T, line string) {
	t.Helper()
	var id string
	var n int
	var arrival uint64
	switch kind, rest, _ := strings.Cut(line, " "); kind {
	case "person":
		k.logins = append(k.logins, rest)
	case "audit":
		k.acts = append(k.acts, rest)
	case "fixes":
		if _, err := fmt.Sscan(rest, &id, &n, &arrival); err != nil {
			t.Errorf("the child said: %s", line)
		}
		k.fixes[id] = max(k.fixes[id], n)
		k.arrival = max(k.arrival, arrival)
	case "alert", "task":
		var id int64
		if _, err := fmt.Sscan(rest, &id, &n); err != nil {
			t.Errorf("the child said: %s", line)
		}
		if kind == "alert" {
			k.alerts[alert.ID(id)] = n
		} else {
			k.tasks[dispatch.TaskID(id)] = n
		}
	default:
		t.Errorf("the child said: %s", line)
	}
	k.n++
}

func (k *acknowledged) check(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	logins := make(map[string]bool)
	for _, p := range must(s.People(ctx))(t) {
		logins[p.Login] = true
		if len(p.Grants) != 1 {
			t.Errorf("%s has half a record: %+v", p.Login, p)
		}
	}
	missing(t, "person", k.logins, logins)
	acts, added := make(map[string]bool), 0
	for page := (audit.Query{Limit: audit.MaxPage}); ; {
		entries := must(s.AuditEntries(ctx, page))(t)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			acts[e.Object] = true
			if e.Verb == "person.add" {
				added++
			}
		}
		page.Before = entries[len(entries)-1].Seq
	}
	missing(t, "act", k.acts, acts)
	if added != len(logins)-1 { // the first came with the setup
		t.Errorf("%d persons were added, the audit log knows of %d", len(logins)-1, added)
	}
	if n, err := s.VerifyAudit(ctx); err != nil {
		t.Errorf("audit log of %d: %v", n, err)
	}
	k.checkWork(t, s)
	for id, n := range k.fixes {
		if got := count(t, s, id); got < n || got%2 != 0 { // batches are of two
			t.Errorf("tracker %s has %d fixes, %d were acknowledged", id, got, n)
		}
	}
	if s.fixes.arrival < k.arrival {
		t.Errorf("fixes go to arrival %d, %d was acknowledged", s.fixes.arrival, k.arrival)
	}
}

func missing(t *testing.T, what string, told []string, there map[string]bool) {
	t.Helper()
	for _, name := range told {
		if !there[name] {
			t.Errorf("%s %s was acknowledged and is gone", what, name)
		}
	}
}

// checkWork finds alerts and tasks that were acknowledged, no breach twice, no
// number twice, and each alert where its task left it.
func (k *acknowledged) checkWork(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	alerts, keys, seqs := make(map[alert.ID]alert.Alert), make(map[fence.Key]bool), make(map[int64]bool)
	for since := int64(0); ; {
		page := must(s.AlertsSince(ctx, since))(t)
		if len(page) == 0 {
			break
		}
		for _, a := range page {
			if keys[a.Key] || seqs[a.Seq] {
				t.Errorf("alert %d is there twice: %+v", a.ID, a)
			}
			alerts[a.ID], keys[a.Key], seqs[a.Seq] = a, true, true
		}
		since = page[len(page)-1].Seq
	}
	for id, steps := range k.alerts {
		if got := len(alerts[id].History); got < steps {
			t.Errorf("alert %d has %d steps, %d were acknowledged", id, got, steps)
		}
	}
	tasks := make(map[dispatch.TaskID]dispatch.Task)
	for since := int64(0); ; {
		page := must(s.TasksSince(ctx, since))(t)
		if len(page) == 0 {
			break
		}
		for _, task := range page {
			if seqs[task.Seq] {
				t.Errorf("sequence number %d is there twice", task.Seq)
			}
			tasks[task.ID], seqs[task.Seq] = task, true
			want := map[dispatch.State]alert.State{dispatch.Sent: alert.Dispatched, dispatch.Received: alert.Dispatched, dispatch.Done: alert.Shut}
			if a := alerts[task.Alert]; a.State != want[task.State] {
				t.Errorf("task %d is %s and its alert %s", task.ID, task.State, a.State)
			}
		}
		since = page[len(page)-1].Seq
	}
	for id, steps := range k.tasks {
		if task, there := tasks[id]; !there || len(task.Steps) < steps {
			t.Errorf("task %d has %d steps, %d were acknowledged", id, len(task.Steps), steps)
		}
	}
	if last := must(s.Seq(ctx))(t); int64(len(seqs)) > last {
		t.Errorf("%d changes, the sequence is at %d", len(seqs), last)
	}
}
