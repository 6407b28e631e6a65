package main

// benchCmd is the benchmarks that run as the program does, a file each. Their
// figures are of this machine as it is now: what else runs on it is in them.
type benchCmd struct {
	Fence  benchFenceCmd  `cmd:"" help:"Judge the fixes of many trackers against many zones, all rules on, in one goroutine."`
	Ingest benchIngestCmd `cmd:"" help:"Store, acknowledge and judge fixes that come one by one from many devices."`
	Hub    benchHubCmd    `cmd:"" help:"Show moving units and alerts to many open maps."`
	Path   benchPathCmd   `cmd:"" help:"Measure the street engine on the map of a data folder: order, closures, routes, tables."`

	HubClients benchHubClientsCmd `cmd:"" hidden:""` // the other side of hub
}
