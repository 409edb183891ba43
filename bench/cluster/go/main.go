// What anybody would write with controller-runtime for the part of our controller that is compared: it keeps a copy of all
// users and says of each whether it is accepted. Our own does more with each of them.
//
// Lines of JSON on standard output tell how far it is, with the milliseconds since it began and the MiB it has resident:
// {"event": "synced"} once the copy is complete, {"event": "leads"}. With -workstation it only makes a copy of that machine's
// users, says so, and ends.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/go-logr/logr"
)

type options struct {
	kubeconfig, metrics, namespace, workstation string
	lease, renew, retry                         time.Duration
	workers                                     int
}

func main() {
	var o options
	// One of its own: controller-runtime defines a flag of the name kubeconfig in the common one.
	flags := flag.NewFlagSet("go-controller", flag.ExitOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "how the API server is reached")
	flags.StringVar(&o.metrics, "metrics", "0", "where metrics are served")
	flags.StringVar(&o.namespace, "namespace", "workstation-system", "where the Lease is")
	flags.StringVar(&o.workstation, "workstation", "", "only copy the users of this machine")
	flags.DurationVar(&o.lease, "lease", 15*time.Second, "as LeaseDuration of controller-runtime")
	flags.DurationVar(&o.renew, "renew", 10*time.Second, "as RenewDeadline of controller-runtime")
	flags.DurationVar(&o.retry, "retry", 2*time.Second, "as RetryPeriod of controller-runtime")
	flags.IntVar(&o.workers, "workers", 4, "users worked on at a time")
	_ = flags.Parse(os.Args[1:])
	log.SetLogger(logr.Discard())
	if err := run(ctrl.SetupSignalHandler(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return err
	}
	// Ours does not hold back its requests either; the API server does where that is needed.
	config.QPS = -1
	if o.workstation != "" {
		return copyUsers(ctx, config, o.workstation)
	}
	return lead(ctx, config, o)
}

func copyUsers(ctx context.Context, config *rest.Config, workstation string) error {
	start := time.Now()
	selector := fields.OneTermEqualSelector("spec.workstation", workstation)
	users, err := cache.New(config, cache.Options{
		Scheme:           newScheme(),
		DefaultTransform: cache.TransformStripManagedFields(),
		ByObject:         map[client.Object]cache.ByObject{&User{}: {Field: selector}},
	})
	if err != nil {
		return err
	}
	go func() { _ = users.Start(ctx) }()
	if _, err := users.GetInformer(ctx, &User{}); err != nil {
		return err
	}
	users.WaitForCacheSync(ctx)
	tell("synced", start)
	return nil
}

func lead(ctx context.Context, config *rest.Config, o options) error {
	start := time.Now()
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                     newScheme(),
		Cache:                      cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
		Metrics:                    server.Options{BindAddress: o.metrics},
		LeaderElection:             true,
		LeaderElectionID:           "go-controller",
		LeaderElectionNamespace:    o.namespace,
		LeaseDuration:              &o.lease,
		RenewDeadline:              &o.renew,
		RetryPeriod:                &o.retry,
		LeaderElectionResourceLock: "leases",
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).
		For(&User{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: o.workers}).
		Complete(&reconciler{manager.GetClient()})
	if err != nil {
		return err
	}
	go func() {
		// A replica that waits to lead keeps a copy too, as ours does.
		if _, err := manager.GetCache().GetInformer(ctx, &User{}); err == nil && manager.GetCache().WaitForCacheSync(ctx) {
			tell("synced", start)
		}
		<-manager.Elected()
		tell("leads", start)
	}()
	return manager.Start(ctx)
}

func tell(event string, start time.Time) {
	elapsed := float64(time.Since(start).Microseconds()) / 1000
	fmt.Printf("{\"event\": %q, \"milliseconds\": %.3f, \"resident\": %.1f}\n", event, elapsed, resident())
}

// resident gives MiB, by the second number of /proc/self/statm, which counts pages.
func resident() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int
	_, _ = fmt.Sscan(string(text), &size, &pages)
	return float64(pages*os.Getpagesize()) / (1 << 20)
}
