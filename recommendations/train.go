package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/training"
)

type trainCommand struct {
	Rollback bool `help:"Withdraw the latest model instead: the one before serves again, until there is something new to learn."`
}

func (c *trainCommand) Run(out io.Writer) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	return withStore(func(ctx context.Context, st store.Store) error {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		learner := training.NewLearner(st, otherRatings(cfg), parallel.All(), log, time.Now)
		if c.Rollback {
			return rollBack(ctx, learner, out)
		}
		return train(ctx, learner, out)
	})
}

func train(ctx context.Context, learner *training.Learner, out io.Writer) error {
	shown := console.New(os.Stderr)
	version, d, err := learner.Learn(ctx, func(done, all int) {
		line := fmt.Sprintf("%d%% of the books' regressions", done*100/max(all, 1))
		shown.Progress(console.Progress{Work: "learning", Title: "learning", Done: int64(done), Total: int64(all), Line: line, End: done == all})
	})
	switch {
	case errors.Is(err, training.ErrUpToDate), errors.Is(err, recommend.ErrNoBooks):
		_, err = fmt.Fprintln(out, "nothing to learn:", err)
		return err
	case errors.Is(err, training.ErrWorse):
		return fmt.Errorf("%w, which stays: NDCG@20 is %.4f", err, d.Quality.NDCG)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(out, "model %d\n%v\n", version, d)
	return err
}

func rollBack(ctx context.Context, learner *training.Learner, out io.Writer) error {
	version, err := learner.RollBack(ctx)
	if errors.Is(err, store.ErrNoModel) {
		return errors.New("there is no earlier model to go back to")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "the model before the latest serves again, as model %d\n", version)
	return err
}
