package solve

import "time"

// bridge makes neighbours of tasks that share no node where streets would fall
// into islands else: of each island the two tasks that are nearest to each other.
// A part that has grown on an island can go on from there.
func (d *divider) bridge() {
	for {
		island, count := d.islands()
		if count < 2 {
			return
		}
		members := make([][]int, count)
		for k, i := range island {
			members[i] = append(members[i], k)
		}
		largest := 0
		for i := range members {
			if len(members[i]) > len(members[largest]) {
				largest = i
			}
		}
		for i, tasks := range members {
			if i == largest {
				continue
			}
			a, b, least := -1, -1, 2*far
			for _, k := range tasks {
				for other := range d.tasks {
					if island[other] == i {
						continue
					}
					if t := d.between(k, other); t < least {
						a, b, least = k, other, t
					}
				}
			}
			d.near[a] = append(d.near[a], b)
			d.near[b] = append(d.near[b], a)
		}
	}
}

// islands numbers the pieces that tasks and their neighbours form.
func (d *divider) islands() (island []int, count int) {
	island = make([]int, len(d.tasks))
	for k := range island {
		island[k] = -1
	}
	for k := range d.tasks {
		if island[k] >= 0 {
			continue
		}
		island[k] = count
		for queue := []int{k}; len(queue) > 0; {
			x := queue[0]
			queue = queue[1:]
			for _, other := range d.near[x] {
				if island[other] < 0 {
					island[other] = count
					queue = append(queue, other)
				}
			}
		}
		count++
	}
	return island, count
}

// cutOff are the pieces of a part that hang on task k alone, but for the one with
// the most work: what must go with k so that the part stays in one piece.
func (d *divider) cutOff(k int) []int {
	part := d.part[k]
	seen := map[int]bool{k: true}
	var all, main []int
	most := time.Duration(-1)
	for _, start := range d.near[k] {
		if d.part[start] != part || seen[start] {
			continue
		}
		seen[start] = true
		piece := []int{start}
		work := time.Duration(0)
		for i := 0; i < len(piece); i++ {
			work += d.work[piece[i]]
			for _, other := range d.near[piece[i]] {
				if d.part[other] == part && !seen[other] {
					seen[other] = true
					piece = append(piece, other)
				}
			}
		}
		if work > most {
			piece, main, most = main, piece, work
		}
		all = append(all, piece...)
	}
	return all
}
