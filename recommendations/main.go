// Command recommendations is the gRPC service that knows the books and what readers did, and
// recommends.
package main

import (
	"os"

	"bookmarket/internal/command"
	"bookmarket/recommendations/internal/config"
)

var service = &command.Service{
	Name:        "recommendations",
	Description: "The gRPC service that knows the books and what readers did, and recommends.",
	Prefix:      config.Prefix,
	Spec:        &config.Config{},
	GRPCAddr: func() (string, error) {
		c, err := config.Load()
		return c.GRPCAddr, err
	},
}

func main() {
	var cli struct {
		Serve    serveCommand    `cmd:"" default:"1" help:"Serve until told to stop (the default)."`
		Import   importCommand   `cmd:"" help:"Put books, ratings and what readers did from files into the store, also while a server runs on it."`
		Train    trainCommand    `cmd:"" help:"Learn from what readers did, and publish a model to all servers on the store; servers do so by themselves at every RECOMMENDATIONS_TRAIN_INTERVAL."`
		Evaluate evaluateCommand `cmd:"" help:"Measure how good models are on files of ratings, without a store."`
		Migrate  migrateCommand  `cmd:"" help:"Bring the store's schema up to date; serve and import do so by themselves."`
		Backup   backupCommand   `cmd:"" help:"Copy a SQLite store into a new file, also while a server runs on it."`
		command.Common
	}
	os.Exit(command.Run(service, &cli, os.Args[1:], os.Stdout, os.Stderr))
}
