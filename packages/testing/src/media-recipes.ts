import {
  box,
  findBox,
  ftyp,
  renameBox,
  setDouble,
  setMovieSeconds,
  setU32,
  turnTrack,
} from './media-edits.ts'

/**
 * How a test clip is made. `ffmpeg`: arguments split at spaces, run without a shell; `<name>` stands
 * for the path of another clip, the file's own path comes last. `edit`: a byte change of another clip.
 * `bytes`: the file itself.
 */
export type Recipe =
  { ffmpeg: string } | { edit: string; change: (file: Buffer) => Buffer } | { bytes: () => Buffer }

const PICTURE = '-f lavfi -i testsrc2=s=320x180:r=30:d=3'
const NOISY = '-vf noise=alls=12:allf=t,format=yuv420p'
const SOUND = '-f lavfi -i sine=f=440:r=48000:d=3'
const H264 = '-c:v libx264 -preset ultrafast -g 30'
const HDR =
  '-pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:colorprim=bt2020:colormatrix=bt2020nc:repeat-headers=1'
const BT2020 = '-color_primaries bt2020 -colorspace bt2020nc'
const STTS = 'moov/trak/mdia/minf/stbl/stts'

const firstHalf = (file: Buffer): Buffer => file.subarray(0, file.length / 2)

/** Headers stay good, the samples in the middle do not decode. */
function spoilMiddle(file: Buffer): Buffer {
  const { body, end } = findBox(file, 'mdat')
  const spoiled = Buffer.from(file)
  return spoiled.fill(
    0xff,
    body + Math.floor((end - body) * 0.4),
    body + Math.floor((end - body) * 0.6),
  )
}

/** One box in the other: each says a size that holds all the later ones. */
const nested = (type: string, levels: number): Buffer =>
  Buffer.concat(
    Array.from({ length: levels }, (_, level) => box(type, Buffer.alloc(0), 8 * (levels - level))),
  )

const text = (content: string): Recipe => ({ bytes: () => Buffer.from(content) })

/** 320×180 at 30 fps and 3 s with sound, unless the name or the recipe says otherwise. */
export const RECIPES = {
  // The main job: `moov` at the end.
  'base.mp4': {
    ffmpeg: `${PICTURE} ${SOUND} ${NOISY} -c:v libx264 -preset veryfast -g 30 -c:a aac -shortest`,
  },
  // Layouts.
  'fast.mp4': { ffmpeg: '-i <base.mp4> -c copy -movflags +faststart' },
  'base.mov': { ffmpeg: '-i <base.mp4> -c copy' },
  'base.mkv': { ffmpeg: '-i <base.mp4> -c copy' },
  'frag.mp4': {
    ffmpeg: '-i <base.mp4> -c copy -movflags +frag_keyframe+empty_moov+default_base_moof',
  },
  'sidx.mp4': {
    ffmpeg:
      '-i <base.mp4> -c copy -movflags +frag_keyframe+empty_moov+default_base_moof+global_sidx',
  },
  'delayed.mp4': {
    ffmpeg: '-i <base.mp4> -c copy -movflags +frag_keyframe+delay_moov+default_base_moof',
  },
  'hybrid.mp4': { ffmpeg: '-i <base.mp4> -c copy -movflags +frag_keyframe' },
  'manyfrags.mp4': {
    ffmpeg: '-i <base.mp4> -c copy -movflags +frag_every_frame+empty_moov+default_base_moof',
  },
  'live.mkv': { ffmpeg: '-i <base.mp4> -c copy -f matroska -live 1' },
  'late.mkv': { ffmpeg: '-itsoffset 0.5 -i <base.mp4> -c copy -copyts' },
  // Edit list: begins off a key frame, so frames are stored that nobody sees.
  'cut.mp4': { ffmpeg: '-ss 1.5 -i <base.mp4> -c copy' },
  // Time.
  'vfr.mp4': {
    ffmpeg: `-i <base.mp4> -vf select='not(eq(mod(n,5),2))',setpts='PTS+mod(N,3)*0.004/TB' -fps_mode passthrough -enc_time_base -1 ${H264} -c:a copy`,
  },
  'vfr.mkv': { ffmpeg: '-i <vfr.mp4> -c copy' },
  'open.mp4': {
    ffmpeg: `${PICTURE} ${NOISY} -c:v libx264 -preset veryfast -x264-params open-gop=1:keyint=30:bframes=3`,
  },
  'ntsc.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=320x180:r=30000/1001:d=2 ${H264}` },
  'fps240.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=160x90:r=240:d=1 ${H264}` },
  'fps120.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=160x90:r=120:d=1 ${H264}` },
  'still.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=320x180:r=5:d=0.2 ${H264}` },
  'sixty.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=160x90:r=10:d=60 ${H264}` },
  'sixty.mkv': { ffmpeg: '-i <over.mov> -c copy' },
  'over.mov': {
    ffmpeg: '-i <sixty.mp4> -f lavfi -i sine=r=8000:d=60.4 -map 0 -map 1 -c:v copy -c:a pcm_s16le',
  },
  'over.mp4': { ffmpeg: `-f lavfi -i testsrc2=s=160x90:r=25:d=60.04 ${H264}` },
  'long.mp4': { ffmpeg: `-f lavfi -i color=gray:s=64x36:r=1:d=7200 ${H264}` },
  'longfast.mp4': { ffmpeg: '-i <long.mp4> -c copy -movflags +faststart' },
  // Geometry and colour.
  'rot90.mp4': { edit: 'fast.mp4', change: turnTrack([0, 1, -1, 0]) },
  'rot180.mp4': { edit: 'fast.mp4', change: turnTrack([-1, 0, 0, -1]) },
  'rot270.mp4': { edit: 'fast.mp4', change: turnTrack([0, -1, 1, 0]) },
  'sheared.mp4': { edit: 'fast.mp4', change: turnTrack([1, 0.5, 0, 1]) },
  'sar.mp4': { ffmpeg: `${PICTURE} -vf scale=360:288,setsar=64/45,format=yuv420p ${H264}` },
  'sar.mkv': { ffmpeg: '-i <sar.mp4> -c copy' },
  'full.mp4': { ffmpeg: `${PICTURE} -vf scale=out_range=pc,format=yuvj420p ${H264}` },
  'untagged.mp4': { ffmpeg: `${PICTURE} -vf scale=360:288,format=yuv420p ${H264}` },
  'odd.mp4': { ffmpeg: `${PICTURE} -vf format=yuv444p,crop=161:91 ${H264}` },
  'odd.mkv': {
    ffmpeg: `${PICTURE} -vf format=yuv444p,crop=161:91,format=yuv420p -c:v libvpx-vp9 -deadline realtime -cpu-used 8`,
  },
  'hdr10.mp4': {
    ffmpeg: `-f lavfi -i testsrc2=s=320x180:r=10:d=1 ${HDR}:transfer=smpte2084:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400 ${BT2020} -color_trc smpte2084`,
  },
  'hlg.mp4': {
    ffmpeg: `-f lavfi -i testsrc2=s=320x180:r=10:d=1 ${HDR}:transfer=arib-std-b67 ${BT2020} -color_trc arib-std-b67`,
  },
  'hdr10.mkv': { ffmpeg: '-i <hdr10.mp4> -c copy' },
  'hi10.mp4': {
    ffmpeg:
      '-f lavfi -i testsrc2=s=320x180:r=10:d=1 -pix_fmt yuv420p10le -c:v libx264 -preset ultrafast',
  },
  'alpha.mov': {
    ffmpeg:
      '-f lavfi -i testsrc2=s=320x180:r=10:d=1 -vf format=yuva444p10le -c:v prores_ks -profile:v 4444',
  },
  'interlaced.mp4': {
    ffmpeg:
      '-f lavfi -i testsrc2=s=720x576:r=50:d=1 -vf tinterlace=interleave_top,fieldorder=tff,format=yuv420p -c:v libx264 -preset ultrafast -flags +ilme+ildct -x264opts tff=1',
  },
  'interlaced.mkv': { ffmpeg: '-i <interlaced.mp4> -c copy' },
  'interlaced.mov': { ffmpeg: '-i <interlaced.mp4> -t 0.2 -c:v prores_ks -flags +ildct' },
  'bomb.mp4': { ffmpeg: `-f lavfi -i color=black:s=8192x8192:r=1:d=1 ${H264}` },
  'big.mp4': { ffmpeg: `-f lavfi -i color=gray:s=2560x1440:r=1:d=1 ${H264}` },
  // A size change mid-stream.
  'large.h264': { ffmpeg: `-f lavfi -i testsrc2=s=320x180:r=30:d=1 ${H264} -f h264` },
  'small.h264': { ffmpeg: `-f lavfi -i testsrc2=s=160x90:r=30:d=1 ${H264} -f h264` },
  'sizes.mp4': { ffmpeg: '-r 30 -i concat:<large.h264>|<small.h264> -c copy' },
  // Tracks.
  'subtitles.srt': text('1\n00:00:00,500 --> 00:00:01,500\nHello\n'),
  'rich.mkv': {
    ffmpeg:
      '-i <base.mp4> -i <subtitles.srt> -map 0:v -map 0:a -map 0:a -map 1 -c copy -metadata:s:a:0 language=fre -metadata:s:a:1 language=ger -metadata title=Rich',
  },
  'chapters.txt': text(
    ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Dawn\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=3000\ntitle=Dusk\n',
  ),
  // What a phone writes: where, with which device, and what its owner called it.
  'tagged.mp4': {
    ffmpeg:
      '-i <base.mp4> -f ffmetadata -i <chapters.txt> -map 0 -c copy -map_chapters 1 -movflags +use_metadata_tags -metadata title=Holiday -metadata location=+52.5200+013.4050/ -metadata com.apple.quicktime.model=Camera9',
  },
  'cover.png': { ffmpeg: '-f lavfi -i testsrc2=s=64x64 -frames:v 1' },
  'cover.mp4': {
    ffmpeg: '-i <base.mp4> -i <cover.png> -map 0 -map 1 -c copy -disposition:v:1 attached_pic',
  },
  'picture.mov': { ffmpeg: '-i <base.mp4> -i <cover.png> -map 1:v -map 0 -c copy' },
  'nine.mp4': {
    ffmpeg: `-i <base.mp4> -map 0:v ${'-map 0:a '.repeat(9)}-c copy`,
  },
  'manytracks.mp4': { ffmpeg: `-i <base.mp4> -map 0:v ${'-map 0:a '.repeat(33)}-c copy` },
  'mute.mp4': { ffmpeg: '-i <base.mp4> -an -c copy' },
  'opus.mkv': { ffmpeg: '-i <base.mp4> -c:v copy -c:a libopus' },
  'mp3.mp4': { ffmpeg: '-i <base.mp4> -c:v mpeg4 -c:a libmp3lame' },
  'ac3.mov': { ffmpeg: '-i <base.mp4> -c:v copy -c:a ac3' },
  'av1.mp4': { ffmpeg: `${PICTURE} -t 1 -c:v libsvtav1 -preset 12` },
  'hevc.mkv': {
    ffmpeg: `${PICTURE} -t 1 -c:v libx265 -preset ultrafast -x265-params log-level=none`,
  },
  'ffv1.mkv': { ffmpeg: `${PICTURE} -t 0.5 -c:v ffv1` },
  'dts.mkv': { ffmpeg: '-i <base.mp4> -c:v copy -c:a dca -strict -2 -ar 48000 -ac 2' },
  'v.webm': {
    ffmpeg: '-i <base.mp4> -t 1 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus',
  },
  'v.avi': { ffmpeg: '-i <base.mp4> -t 1 -c:v mpeg4 -c:a libmp3lame' },
  'a.m4a': { ffmpeg: '-i <base.mp4> -vn -c copy' },
  'enc.mp4': {
    ffmpeg: `-i <base.mp4> -c copy -encryption_scheme cenc-aes-ctr -encryption_key ${'ab'.repeat(16)} -encryption_kid ${'cd'.repeat(16)}`,
  },
  // Enhancement.
  'lowq.mp4': {
    ffmpeg:
      '-i <base.mp4> -vf scale=160:90,gblur=0.6,noise=alls=6:allf=t -c:v libx264 -preset veryfast -crf 30 -c:a copy',
  },
  // Not what the name says.
  'trunc.mp4': { edit: 'fast.mp4', change: firstHalf },
  'trunc.mkv': { edit: 'base.mkv', change: firstHalf },
  'broken.mp4': { edit: 'fast.mp4', change: spoilMiddle },
  '500bytes.mp4': { edit: 'fast.mp4', change: (file) => file.subarray(0, 500) },
  'empty.mp4': text(''),
  'page.mp4': text(
    '<!doctype html><html><title>Sign in</title><p>Sign in to download</p></html>\n',
  ),
  'noise.mp4': {
    bytes: () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251)),
  },
  'png.mp4': { edit: 'cover.png', change: (file) => file },
  'hls.mp4': text(
    '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
  ),
  'concat.mp4': text('ffconcat version 1.0\nfile /etc/passwd\n'),
  // Headers that lie: honest is 3 s.
  'says1.mp4': { edit: 'fast.mp4', change: setMovieSeconds(1, ['mvhd', 'tkhd', 'mdhd', 'elst']) },
  'lies1.mp4': {
    edit: 'fast.mp4',
    change: (file) =>
      setMovieSeconds(1, ['mvhd', 'tkhd', 'mdhd'])(renameBox('moov/trak/edts')(file)),
  },
  'lies1mvhd.mp4': { edit: 'fast.mp4', change: setMovieSeconds(1, ['mvhd']) },
  'lies1.mkv': { edit: 'base.mkv', change: setDouble([0x18538067, 0x1549a966, 0x4489], 1000) },
  'nan.mkv': { edit: 'base.mkv', change: setDouble([0x18538067, 0x1549a966, 0x4489], NaN) },
  'endless.mkv': { edit: 'base.mkv', change: setDouble([0x18538067, 0x1549a966, 0x4489], 1e300) },
  // Hostile.
  'nested.mp4': { bytes: () => Buffer.concat([ftyp(), nested('moov', 20_000)]) },
  'boxes.mp4': {
    bytes: () => Buffer.concat([ftyp(), ...Array<Buffer>(400_000).fill(box('free'))]),
  },
  'stts.mp4': {
    edit: 'fast.mp4',
    change: (file) => setU32(STTS, 8, 0xffffffff)(renameBox('moov/trak/edts')(file)),
  },
  'samples.mp4': {
    edit: 'fast.mp4',
    change: (file) =>
      setU32(
        'moov/trak/mdia/minf/stbl/stsz',
        8,
        0xffffffff,
      )(setU32('moov/trak/mdia/minf/stbl/stsc', 12, 0xffffffff)(file)),
  },
  'hugemoov.mp4': { edit: 'fast.mp4', change: setU32('moov', -8, 0x80000000) },
} as const satisfies Record<string, Recipe>

export type ClipName = keyof typeof RECIPES
