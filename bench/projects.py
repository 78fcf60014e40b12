"""Projects of any size to measure with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AGENT = """\
name: Bench agent {n}
region: eu-central
language: en
system_prompt: |
  You are the assistant of practice number {n}, speaking with {{{{caller_name}}}}.
  Keep every answer to one or two short sentences, and ask one question at a time.
  When the caller asks for an appointment, use lookup_slot before you offer a time.
  When they want a person, use transfer_to_front_desk.
  Never give medical advice; in an emergency tell them to hang up and call for help.
greeting: Hello {{{{caller_name}}}}, this is practice number {n}. How can I help?
models:
  stt: slng/deepgram/nova:3-en
  llm: groq/openai/gpt-oss-120b
  tts: slng/deepgram/aura:2-en
  tts_voice: aura-2-thalia-en
slng_api_key: ${{env:SLNG_API_KEY}}
sip_outbound_trunk_id: 3f0c8f6e-6e3f-4a57-9a77-000000000001
template_defaults:
  caller_name: there
idle_nudges:
  first_nudge_text: Are you still there?
  second_nudge_text: I can stay on the line if you need a moment.
  final_hangup_text: I will hang up now. Call back any time.
tools:
  - type: template
    id: 7b1f6f6e-0000-4000-8000-{n:012d}
    template: hangup
    execution_policy:
      pre_action_message: {{enabled: true, text: Thank you. Goodbye.}}
  - type: webhook
    id: 7b1f6f6e-0001-4000-8000-{n:012d}
    name: lookup_slot
    description: Find free slots on a day
    url: https://api.example.com/practices/{n}/slots?day={{{{day}}}}
    auth: {{type: bearer, token: "${{env:CRM_TOKEN}}"}}
    parameters:
      type: object
      properties:
        day: {{type: string, description: The day to look at}}
      required: [day]
  - type: human_transfer
    id: 7b1f6f6e-0002-4000-8000-{n:012d}
    name: transfer_to_front_desk
    phone_number: "+14155550123"
  - type: built_in
    id: 7b1f6f6e-0003-4000-8000-{n:012d}
    built_in: current_datetime
    timezone: Europe/Berlin
examples:
  - name: a caller
    arguments: {{caller_name: Maria, day: monday}}
"""


def write_project(root: Path, count: int) -> None:
    """Write a project of so many agents of about 60 lines each.

    Args:
        root: an empty folder.
        count: how many agents.

    """
    agents = root / "agents"
    agents.mkdir(parents=True, exist_ok=True)
    (root / "agentconf.yaml").write_text("version: 1\n", encoding="utf-8")
    for n in range(count):
        (agents / f"bench-{n:05d}.yaml").write_text(AGENT.format(n=n), encoding="utf-8")


def write_json_schema_inputs(root: Path, count: int) -> list[str]:
    """Write the same agents as flat JSON files, for tools that check JSON against a schema."""
    import yaml

    files = []
    for n in range(count):
        path = root / f"bench-{n:05d}.json"
        path.write_text(json.dumps(yaml.safe_load(AGENT.format(n=n))), encoding="utf-8")
        files.append(str(path))
    return files


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: Bench template {n}
Parameters:
  Stage: {{Type: String, Default: test, AllowedValues: [test, production]}}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "bench-{n}-${{Stage}}"
      VisibilityTimeout: 30
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "bench-{n}-${{Stage}}"
      Subscription: [{{Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}]
Outputs:
  QueueUrl: {{Value: !Ref Queue}}
"""


def write_templates(root: Path, count: int) -> list[str]:
    """Write so many CloudFormation templates, for a linter of those; return the files."""
    root.mkdir(parents=True)
    files = []
    for n in range(count):
        path = root / f"bench-{n:05d}.yaml"
        path.write_text(TEMPLATE.format(n=n), encoding="utf-8")
        files.append(str(path))
    return files
