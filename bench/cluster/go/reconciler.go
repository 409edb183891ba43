package main

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The words of our controller, so that neither finds anything to say of what the other has left.
const (
	reason  = "Accepted"
	message = "nothing contradicts the spec"
)

type reconciler struct{ client client.Client }

// Reconcile says by server-side apply that the spec is accepted, where that was not said of this generation.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var user User
	if err := r.client.Get(ctx, request.NamespacedName, &user); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	said := meta.FindStatusCondition(user.Status.Conditions, "Accepted")
	if said != nil && said.Status == metav1.ConditionTrue && said.Reason == reason &&
		said.Message == message && said.ObservedGeneration == user.Generation {
		return ctrl.Result{}, nil
	}
	since := metav1.Now()
	if said != nil && said.Status == metav1.ConditionTrue {
		since = said.LastTransitionTime
	}
	patch := &unstructured.Unstructured{Object: map[string]any{
		"metadata": map[string]any{"name": user.Name, "uid": string(user.UID)},
		"status": map[string]any{"conditions": []any{map[string]any{
			"type": "Accepted", "status": "True", "reason": reason, "message": message,
			"observedGeneration": user.Generation,
			"lastTransitionTime": since.UTC().Format("2006-01-02T15:04:05Z"),
		}}},
	}}
	patch.SetGroupVersionKind(groupVersion.WithKind("WorkstationUser"))
	err := r.client.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(patch),
		client.FieldOwner("workstation-controller"), client.ForceOwnership)
	return ctrl.Result{}, client.IgnoreNotFound(err)
}
