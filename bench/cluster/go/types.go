package main

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// User is a WorkstationUser, with the fields that its objects have here.
type User struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              UserSpec   `json:"spec"`
	Status            UserStatus `json:"status,omitempty"`
}

type UserSpec struct {
	Workstation   string   `json:"workstation,omitempty"`
	OSUser        string   `json:"osUser,omitempty"`
	AuthentikUser string   `json:"authentikUser"`
	K8sUser       string   `json:"k8sUser"`
	Tier          string   `json:"tier"`
	Namespaces    []string `json:"namespaces,omitempty"`
	CodeLayout    string   `json:"codeLayout,omitempty"`
	Repos         []string `json:"repos,omitempty"`
	Suspended     bool     `json:"suspended,omitempty"`
	Offboarding   string   `json:"offboarding,omitempty"`
}

type UserStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	OSUser             string             `json:"osUser,omitempty"`
	UID                int64              `json:"uid,omitempty"`
	Ports              map[string]int32   `json:"ports,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// UserList is what a list of them is read into.
type UserList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []User `json:"items"`
}

func (in *User) DeepCopyObject() runtime.Object { return in.deepCopy() }

func (in *User) deepCopy() *User {
	out := *in
	out.ObjectMeta = *in.ObjectMeta.DeepCopy()
	out.Spec.Namespaces = slices.Clone(in.Spec.Namespaces)
	out.Spec.Repos = slices.Clone(in.Spec.Repos)
	out.Status.Ports = maps.Clone(in.Status.Ports)
	out.Status.Conditions = slices.Clone(in.Status.Conditions)
	return &out
}

func (in *UserList) DeepCopyObject() runtime.Object {
	out := *in
	out.ListMeta = *in.ListMeta.DeepCopy()
	out.Items = make([]User, len(in.Items))
	for i := range in.Items {
		out.Items[i] = *in.Items[i].deepCopy()
	}
	return &out
}

var groupVersion = schema.GroupVersion{Group: "workstation.dev", Version: "v1alpha1"}

func newScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	scheme.AddKnownTypeWithName(groupVersion.WithKind("WorkstationUser"), &User{})
	scheme.AddKnownTypeWithName(groupVersion.WithKind("WorkstationUserList"), &UserList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
	return scheme
}
