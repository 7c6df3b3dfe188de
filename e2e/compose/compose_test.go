// Package compose runs the shop as containers, by the same commands and the same compose
// file as its users, and takes the containers away one by one.
package compose

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/protobufs/gen/tutorialpb"
)

var services = []string{"recommendations", "marketplace"}

// TestCompose is a story in chapters: each begins where the last one ended, since starting
// the shop anew for each would take minutes.
func TestCompose(t *testing.T) {
	p := newProject(t)
	chapters := []struct {
		name string
		run  func(*testing.T, *project)
	}{
		{"up", upServes},
		{"images are small and bare", imagesAreSmallAndBare},
		{"containers are hardened", containersAreHardened},
		{"ports are this machine's alone", portsAreLoopbackOnly},
		{"networks are apart", networksAreApart},
		{"recommendations killed", outage("kill", "start")},
		{"recommendations paused", outage("pause", "unpause")},
		{"what readers did outlives the containers", activityIsKept},
		{"stop ends both cleanly", stopIsClean},
		{"marketplace alone", marketplaceAlone},
		{"down leaves nothing", downLeavesNothing},
	}
	for _, chapter := range chapters {
		if !t.Run(chapter.name, func(t *testing.T) { chapter.run(t, p) }) {
			return
		}
	}
}

// upServes builds and starts the shop with the one command that users are told.
func upServes(t *testing.T, p *project) {
	t.Helper()
	start := time.Now()
	p.compose(t, "up", "--build", "--wait")
	t.Logf("built and healthy after %v", time.Since(start).Round(time.Second))
	if page := pagetest.Prompt(t, p.url); !page.Fresh() {
		t.Errorf("the first page is %v", page)
	}

	conn, err := grpc.NewClient(p.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	request := &tutorialpb.RecommendationRequest{UserId: 1, Category: tutorialpb.BookCategory_SCIENCE_FICTION, MaxResults: 3}
	resp, err := tutorialpb.NewRecommendationsClient(conn).Recommend(ctx, request)
	if err != nil || len(resp.GetRecommendations()) != 3 {
		t.Errorf("a gRPC client on this machine gets %v, %v", resp, err)
	}
}

// outage takes recommendations away and brings it back by two commands of compose.
func outage(begin, end string) func(*testing.T, *project) {
	return func(t *testing.T, p *project) {
		t.Helper()
		last := pagetest.Prompt(t, p.url)
		if !last.Fresh() {
			t.Fatalf("before the outage the page is %v", last)
		}
		p.compose(t, begin, "recommendations")
		p.remembered(t, last)
		p.compose(t, end, "recommendations")
		pagetest.FreshAgain(t, p.url, time.Now())
	}
}

// activityIsKept removes the containers and makes new ones.
func activityIsKept(t *testing.T, p *project) {
	t.Helper()
	conn, err := grpc.NewClient(p.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := bookmarketv1.NewActivityServiceClient(conn)
	event := &bookmarketv1.Activity{EventId: "kept", UserId: 1 << 33, BookId: 1, Kind: bookmarketv1.Activity_KIND_WANT}
	if _, err := client.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{event}}); err != nil {
		t.Fatal(err)
	}
	p.compose(t, "down")
	p.compose(t, "up", "--wait")
	list, err := client.ListActivity(ctx, &bookmarketv1.ListActivityRequest{UserId: 1 << 33}, grpc.WaitForReady(true))
	if err != nil || len(list.GetActivities()) != 1 || list.GetActivities()[0].GetEventId() != "kept" {
		t.Errorf("new containers know of %v, %v", list, err)
	}
}

// stopIsClean stops the shop: nobody has to be killed.
func stopIsClean(t *testing.T, p *project) {
	t.Helper()
	start := time.Now()
	p.compose(t, "stop")
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for _, service := range services {
		state := inspect[container](t, "container", p.container(t, service)).State
		if state.ExitCode != 0 || state.OOMKilled {
			t.Errorf("%s ended with %+v", service, state)
		}
	}
}

// marketplaceAlone starts the marketplace while there is no recommendations, not even its
// name, and then recommendations.
func marketplaceAlone(t *testing.T, p *project) {
	t.Helper()
	p.compose(t, "rm", "--force")
	p.compose(t, "up", "--wait", "--no-deps", "marketplace")
	for range 5 {
		if page := pagetest.Prompt(t, p.url); !page.Sorry() {
			t.Fatalf("recommendations was never there, and the page is %v", page)
		}
		time.Sleep(500 * time.Millisecond) // let the attempts to find it become rare
	}
	p.compose(t, "up", "--detach", "--no-recreate", "recommendations")
	pagetest.FreshAgain(t, p.url, time.Now())
}

// downLeavesNothing removes all that compose has made, save the images.
func downLeavesNothing(t *testing.T, p *project) {
	t.Helper()
	p.compose(t, "down", "--volumes")
	mine := "label=com.docker.compose.project=" + p.name
	for _, list := range []string{"ps --all", "network ls", "volume ls"} {
		args := append(strings.Fields(list), "--quiet", "--filter", mine)
		if left := docker(t, args...); left != "" {
			t.Errorf("docker %s still shows %s", list, left)
		}
	}
}

// portsAreLoopbackOnly looks for the published ports from where other machines would.
func portsAreLoopbackOnly(t *testing.T, p *project) {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range addrs {
		ip, ok := addr.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.IsLinkLocalUnicast() {
			continue
		}
		for _, published := range []string{strings.Trim(strings.TrimPrefix(p.url, "http:"), "/"), p.grpc} {
			from := net.JoinHostPort(ip.IP.String(), port(published))
			conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", from)
			if err == nil {
				_ = conn.Close()
				t.Errorf("%s is open to the network", from)
			}
		}
	}
}
