"""How a training ends without a model."""


class TrainingRefused(Exception):
    """The data or the parameters allow no model. The message is for the person who asked, and no retry helps."""
