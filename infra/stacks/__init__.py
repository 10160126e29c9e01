"""The CloudFormation stacks: `state` keeps what must survive, `platform` is everything that can be made again."""

from infra.node import use_bundled_node

use_bundled_node()
