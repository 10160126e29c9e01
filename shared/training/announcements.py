"""What sockets hear of a job: seed 001's training_progress, one per step or fit that really happened."""

from typing import Any

from shared.core.clock import utc_now
from shared.outbox.model import Announcement
from shared.storage.writes import Put
from shared.training.model import Job

ENDS = {"completed": "training_completed", "failed": "training_failed", "stopped": "training_stopped"}


def announced(job: Job) -> Put:
    """The announcement of a job's present state; its id is the job's version, so that it is made once."""
    kind = ENDS.get(job.status, "training_progress")
    return Announcement(f"job-{job.job_id}-{job.version}", "training", kind, payload(job), utc_now()).put()


def payload(job: Job) -> dict[str, Any]:
    """The fields of the message. `status` is `training` until the job has ended."""
    now = utc_now()
    return {
        "job_id": job.job_id,
        "status": job.status if job.ended_at else "training",
        "progress": job.progress,
        "current_stage": job.step,
        "message": f"{job.step} - {job.progress}% complete",
        "live_accuracy": job.live_accuracy,
        "estimated_remaining": duration(job.remaining(now)),
        "model_id": job.model_id,
        "reason": job.reason,
    }


def duration(seconds: int) -> str:
    """`2m 15s`, as the seed writes it."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes}m {rest}s" if minutes else f"{rest}s"
