// Package protobufs_test guards the contract.
package protobufs_test

import (
	"os"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"bookmarket/protobufs/gen/tutorialpb"
)

// The tutorial's clients were generated from the tutorial's own file. Any difference from the
// golden descriptor, which was written down from that file, may break one of them.
func TestTutorialContractIsFrozen(t *testing.T) {
	golden, err := os.ReadFile("testdata/recommendations.descriptor.txtpb")
	if err != nil {
		t.Fatal(err)
	}
	want := new(descriptorpb.FileDescriptorProto)
	if err := prototext.Unmarshal(golden, want); err != nil {
		t.Fatal(err)
	}
	got := protodesc.ToFileDescriptorProto(tutorialpb.File_recommendations_proto)
	if !proto.Equal(got, want) {
		t.Errorf("protobufs/recommendations.proto is frozen and was changed. It says\n%s\nand must say\n%s",
			prototext.Format(got), prototext.Format(want))
	}
}
