import { Button } from '@/components/Button';
import { CopyField } from '@/components/CopyField';
import { Dialog } from '@/components/Dialog';

type SecretDialogProps = { secret: string; rotated?: boolean; onClose: () => void };

/** The signing secret, the one time that it is shown. */
export function SecretDialog({ secret, rotated = false, onClose }: SecretDialogProps) {
  return (
    <Dialog title="The signing secret" onClose={onClose}>
      <p className="soft">
        Your receiver checks with it that a request comes from Mooring. Copy it now: it is not shown again.
        {rotated && ' For 24 hours requests are signed with the former secret as well.'}
      </p>
      <CopyField label="Signing secret" value={secret} />
      <div className="row dialog-actions">
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  );
}
