"""One construct per kind of thing; the stacks loop over the catalogue and make them."""

from infra.node import use_bundled_node

use_bundled_node()
