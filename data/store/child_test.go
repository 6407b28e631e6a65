package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"citygrid/live/dispatch"
	"citygrid/live/ingest"
)

// child is what the test binary does when a test started it as a process of its
// own: it writes to the folder until it is killed, and prints a line for each
// thing that the store acknowledged.
func child(dir string) int {
	s, err := Open(dir, Options{})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	var mu sync.Mutex
	out := bufio.NewWriter(os.Stdout)
	acknowledge := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, format+"\n", args...)
		out.Flush()
	}
	ctx := context.Background()
	run := os.Getpid() // names are of this process alone
	worker := func(write func(i int) error) {
		for i := 0; ; i++ {
			if err := write(i); err != nil {
				acknowledge("error %v", err)
				os.Exit(1)
			}
		}
	}
	for w := range 3 {
		go worker(func(i int) error {
			login := fmt.Sprintf("p%d-%d-%d", run, w, i)
			_, err := s.AddPerson(ctx, officer(login), act("person.add"))
			acknowledge("person %s", login)
			return err
		})
		go worker(func(i int) error {
			object := fmt.Sprintf("thing/%d-%d-%d", run, w, i)
			a := act("x")
			a.Object = object
			err := s.Record(ctx, a)
			acknowledge("audit %s", object)
			return err
		})
		go worker(func(i int) error {
			id := fmt.Sprintf("t%d-%d", run, w)
			first, err := s.AppendFixes(ctx, []ingest.Fix{
				fixAt(id, noon.Add(time.Duration(2*i)*time.Second)), fixAt(id, noon.Add(time.Duration(2*i+1)*time.Second)),
			})
			acknowledge("fixes %s %d %d", id, 2*i+2, first+1) // how many there are, the last one's arrival
			return err
		})
	}
	// An alert that was begun is sent to somebody, and what they do is told.
	for w := range 2 {
		go worker(func(i int) error {
			key := breach(int64(run)<<8|int64(w), noon.Add(time.Duration(i)*time.Second))
			a, err := s.KeepAlert(ctx, key, begin(key), act("alert.begin"))
			if err != nil {
				return err
			}
			acknowledge("alert %d %d", a.ID, len(a.History))
			t, err := s.SendTask(ctx, dispatch.Task{Kind: dispatch.KindAlert, Alert: a.ID, Person: 1, At: home, Sent: noon, By: 1},
				fmt.Sprintf("k%d-%d-%d", run, w, i), act("task.send"))
			if err != nil {
				return err
			}
			acknowledge("task %d 0", t.ID)
			for _, to := range []dispatch.State{dispatch.Received, dispatch.Done} {
				if t, err = s.StepTask(ctx, t.ID, 1, dispatch.Step{To: to, At: noon}, "", act("task.step")); err != nil {
					return err
				}
				acknowledge("task %d %d", t.ID, len(t.Steps))
			}
			return nil
		})
	}
	select {}
}
