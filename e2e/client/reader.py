"""A client such as a reader of the tutorial "Python Microservices With gRPC" writes, with
stubs made from recommendations.proto by Debian's own protoc and grpc_python_plugin.

It makes each call that is asked for on standard input, a line of JSON such as
{"category": 1, "max_results": 3}, and answers each with a line: {"books": [[id, title], ...]}
or {"code": "NOT_FOUND", "details": "..."}.
"""

import json
import sys

import grpc
import recommendations_pb2 as messages
import recommendations_pb2_grpc as services

SECONDS = 5  # a call may take


def recommend(stub, wish):
    request = messages.RecommendationRequest(user_id=1, **wish)
    try:
        answer = stub.Recommend(request, timeout=SECONDS)
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}
    return {"books": [[book.id, book.title] for book in answer.recommendations]}


def main(address):
    with grpc.insecure_channel(address) as channel:
        stub = services.RecommendationsStub(channel)
        for line in sys.stdin:
            print(json.dumps(recommend(stub, json.loads(line))), flush=True)


main(*sys.argv[1:])
